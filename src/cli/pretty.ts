/** JSON indented for reading. A body as it is sent is never shown through this: it is other bytes. */
export const prettyJson = (value: unknown): string =>
  value === null || value === undefined ? '' : JSON.stringify(value, null, 2)
