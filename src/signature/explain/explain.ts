export interface ExplainInput {
  readonly a?: string
}
export interface Explanation {
  readonly a?: string
}
export interface Finding {
  readonly a?: string
}
export const explain = (input: ExplainInput): Explanation => input
