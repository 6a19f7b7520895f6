/** Tables whose rows end with their organization; its webhooks stay, without what is secret, for the deliveries that refer to them. */
export const OF_ORGANIZATION = [
  'contexts',
  'members',
  'tokens',
  'sources',
  'event_types',
  'tracked_objects',
  'attempt_counts',
] as const
