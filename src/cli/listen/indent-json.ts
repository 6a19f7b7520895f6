const DEEPEST = 64
const INDENT = '  '

/**
 * JSON text with line breaks and indentation for reading; nothing else about it changes: numbers, escapes, repeated
 * keys stay as they were written. Undefined where it is not JSON, or nested too deeply to be read that way.
 */
export function indentJson(text: string): string | undefined {
  if (!isJson(text)) return undefined
  let out = ''
  let depth = 0
  const newLine = () => `\n${INDENT.repeat(depth)}`
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{[]\s*[}\]]|[{}[\],:]|[^\s{}[\],:"]+/gs)) {
    if (/^[{[]\s*[}\]]$/.test(token)) out += `${token[0]}${token.at(-1)}`
    else if (token === '{' || token === '[') {
      depth += 1
      if (depth > DEEPEST) return undefined
      out += token + newLine()
    } else if (token === '}' || token === ']') {
      depth -= 1
      out += newLine() + token
    } else if (token === ',') out += token + newLine()
    else out += token === ':' ? ': ' : token
  }
  return out
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
