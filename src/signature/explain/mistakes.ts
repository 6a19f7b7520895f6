export type Mistake = string
