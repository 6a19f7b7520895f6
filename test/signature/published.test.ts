import {expect, it} from 'vitest'
import {type Header, schemeOf, verify} from '../../src/signature/index.ts'

// Twilio, "Validating Twilio Requests", and the tests of its libraries.
const form = 'CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212'

it.each([
  ['https://mycompany.com/myapp.php?foo=1&bar=2', 'RSOYDt4T1cUTdK1PDd93/VVr8B8=', 'ok'],
  ['https://mycompany.com/myapp.php?foo=1', 'RSOYDt4T1cUTdK1PDd93/VVr8B8=', 'mismatch'],
])('the example that Twilio publishes, sent to %s: %s is %s', (url, signature, reason) => {
  const headers: Header[] = [['X-Twilio-Signature', signature]]
  expect(verify({scheme: schemeOf('twilio', {url}), secret: '12345', headers, body: form}).reason).toBe(reason)
})
