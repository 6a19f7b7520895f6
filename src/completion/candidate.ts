export interface Candidate {
  /** The whole word, as it would be typed without quotes. */
  readonly value: string
  readonly description: string
}

/** What could stand at the cursor: words, or the name of a file behind `prefix`. */
export type Answer =
  | {readonly kind: 'words'; readonly candidates: readonly Candidate[]}
  | {readonly kind: 'files' | 'folders'; readonly prefix: string}

export const NOTHING: Answer = {kind: 'words', candidates: []}
