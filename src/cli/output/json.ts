import {showJson} from '../escape.ts'

/** One document, two spaces, a line feed: no raw control character anywhere, whatever the values hold. */
export const jsonDocument = (value: unknown): string => `${showJson(JSON.stringify(value ?? null, null, 2))}\n`

/** One line. */
export const jsonLine = (value: unknown): string => `${showJson(JSON.stringify(value ?? null))}\n`

/**
 * The same document as YAML. Strings that hold what showJson escapes are double-quoted first: only there may YAML write
 * `\u…`.
 *
 * @param isShort of a mapping by its keys: written on one line
 */
export async function yamlDocument(
  value: unknown,
  isShort: (keys: readonly string[]) => boolean = () => false,
): Promise<string> {
  const {Document, Scalar, visit} = await import('yaml')
  // Through JSON first: what JSON leaves out (undefined, functions) YAML must not print, and dates become text.
  const document = new Document(JSON.parse(JSON.stringify(value ?? null)))
  visit(document, {
    Map(_, node) {
      if (isShort(node.items.map(({key}) => String(key)))) node.flow = true
    },
    Scalar(_, node) {
      if (typeof node.value !== 'string') return
      const json = JSON.stringify(node.value)
      if (showJson(json) !== json || /\\u/.test(json)) node.type = Scalar.QUOTE_DOUBLE
    },
  })
  return showJson(document.toString({lineWidth: 0}))
}
