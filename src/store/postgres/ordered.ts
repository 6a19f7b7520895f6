/**
 * Of the deliveries of events that are not over the first of each state, or with DESC the last: `seq` and `created_at`.
 * One look-up per state, however long the queue is.
 *
 * @param webhook its row number, as SQL
 */
export const ofUnfinished = (webhook: string, direction: 'ASC' | 'DESC'): string =>
  ['pending', 'held']
    .map(
      state => `(SELECT seq, created_at FROM delivery_states WHERE webhook = ${webhook} AND state = '${state}'
        AND trigger = 'event' ORDER BY created_at ${direction}, seq ${direction} LIMIT 1)`,
    )
    .join(' UNION ALL ')
