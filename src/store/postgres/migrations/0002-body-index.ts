/** Who else sends a body is found by its event, which all of them share: an index less to write with every attempt. */
export const bodyIndex = 'DROP INDEX deliveries_by_body;'
