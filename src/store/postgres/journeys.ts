import type {Questions} from './connection.ts'

/** Says anew of the first deliveries of journeys whether their receivers never got them. See `DeliveryFilter.undelivered`. */
export async function settleJourneys(questions: Questions, firsts: readonly number[]): Promise<void> {
  await questions.run(
    `UPDATE delivery_states d SET undelivered = CASE WHEN state IN ('failed', 'cancelled') AND journey IS NULL
      AND trigger <> 'test' AND NOT EXISTS (SELECT 1 FROM deliveries r WHERE r.journey = d.seq AND r.to_url IS NULL
        AND r.state NOT IN ('failed', 'cancelled', 'skipped')) THEN 1 ELSE 0 END
      WHERE seq = ANY($1)`,
    [...firsts],
  )
}
