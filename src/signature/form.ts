/**
 * What is hashed of a form: its fields by name, each name with its value behind it and nothing in between; a name that
 * stands there several times with each of its values once. Sources: Twilio, "Webhooks security: validate signatures";
 * Mandrill, "Authenticating webhook requests".
 *
 * @param body as it was sent: `application/x-www-form-urlencoded`
 */
export function formText(body: Uint8Array): string {
  const fields = new URLSearchParams(Buffer.from(body).toString())
  const names = [...new Set(fields.keys())].sort()
  return names.flatMap(name => [...new Set(fields.getAll(name))].sort().map(value => name + value)).join('')
}
