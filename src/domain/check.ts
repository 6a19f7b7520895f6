/** One thing that was looked at to decide something, and what was seen. */
export interface Check {
  /** A stable word where it is ours: `context`, `event_type`, `rules`; the name of a rule, the place of a condition. */
  readonly name: string
  readonly holds: boolean
  /** One sentence without a full stop; remote text in it is not escaped. */
  readonly says: string
  /** What it is made of. */
  readonly parts?: readonly Check[]
}
