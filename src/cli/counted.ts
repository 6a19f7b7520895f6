/** A number with its word: `1 delivery`, `2 deliveries`. */
export const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`
