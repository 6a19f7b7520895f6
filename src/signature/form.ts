/** A field of a form: `a=1` and `a` are both fields of the name `a`. */
type Field = [name: string, value: string]

/**
 * The fields of a form, in order. Not all of it by URLSearchParams, which takes four seconds for a megabyte of names
 * without a value and four times that for two; what that makes of one field is what is made here.
 *
 * @param form `application/x-www-form-urlencoded`
 */
export const fieldsOf = (form: string): Field[] =>
  form
    .split('&')
    .filter(part => part !== '')
    .map(fieldIn)

function fieldIn(part: string): Field {
  // Before a question mark that begins the text it would take it for the one before a query.
  if (/[%+]/.test(part)) return [...new URLSearchParams(`&${part}`)][0] as Field
  const at = part.indexOf('=')
  return at === -1 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)]
}

/** Each name of a form with its values, both in order. */
export function valuesByName(form: string): Map<string, string[]> {
  const byName = new Map<string, string[]>()
  for (const [name, value] of fieldsOf(form)) {
    const values = byName.get(name)
    if (values === undefined) byName.set(name, [value])
    else values.push(value)
  }
  return byName
}

/** A hundred times as many as any sender has. Sorting millions takes seconds, and whoever sends them has signed nothing yet. */
const MOST_FIELDS = 10_000

/**
 * What is hashed of a form: its fields by name, each name with its value behind it and nothing in between; a name that
 * stands there several times with each of its values once. Of more fields than anybody sends, the text as it is.
 * Sources: Twilio, "Webhooks security: validate signatures"; Mandrill, "Authenticating webhook requests".
 *
 * @param body as it was sent: `application/x-www-form-urlencoded`
 */
export function formText(body: Uint8Array): string {
  const form = Buffer.from(body).toString()
  if (hasMore(form, MOST_FIELDS)) return form
  const byName = [...valuesByName(form)].sort(([a], [b]) => (a < b ? -1 : 1))
  return byName.flatMap(([name, values]) => [...new Set(values)].sort().map(value => name + value)).join('')
}

function hasMore(form: string, most: number): boolean {
  let fields = 1
  for (let at = form.indexOf('&'); at !== -1 && fields <= most; at = form.indexOf('&', at + 1)) fields += 1
  return fields > most
}
