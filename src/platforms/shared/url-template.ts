export const isTemplate = (text: string): boolean => /\{\{|\{%|\{#/.test(text)

/**
 * What is wrong with a URL that is a template, or null; its tags are checked where templates are. Only what stands there
 * before rendering can be looked at: that no tag ends twice, and that a scheme written out is http or https. What comes
 * out is checked again when it is sent to. Source: NetBox extras/models, Webhook.clean.
 */
export function checkUrlTemplate(text: string): string | null {
  const literal = text.replace(/\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}/gs, '')
  if (/\}\}|%\}|#\}/.test(literal)) return 'a template tag in the URL is closed but never opened'
  const scheme = /^([^{/?#]*?):\/\//.exec(text)?.[1] ?? /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]
  if (scheme !== undefined && !/^https?$/i.test(scheme)) return `a URL begins with https:// or http://, not ${scheme}:`
  return /[\p{Cc}\\]/u.test(text) ? 'a URL holds no backslash or control character' : null
}
