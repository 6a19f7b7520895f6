/** What `hookctl help` explains beside commands and topics. */
export const HELP_SUBJECTS = [
  'environment',
  'exit-codes',
  'formatting',
  'filters',
  'declarations',
  'signatures',
  'scripting',
  'time',
] as const

export type HelpSubject = (typeof HELP_SUBJECTS)[number]
