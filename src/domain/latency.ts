/**
 * How long answers took, kept as a histogram with bins on a logarithmic scale: a few numbers, however many answers.
 *
 * Bin 0 is below a millisecond; bin b from 1 on goes from 2^((b-1)/4) to 2^(b/4) ms, four to a doubling. A percentile is
 * told as the middle of its bin, so it is at most 9.1 % from what a list of all durations would say (a factor of 2^(1/8));
 * below a millisecond it is told as half of one.
 */
const BINS_PER_DOUBLING = 4

/** The last one holds all that took longer: about 17 minutes. No attempt may take so long. */
export const LAST_BIN = 80

/** How far a percentile may be from the exact one, as a share of it; from one millisecond on. */
export const LATENCY_ERROR = 2 ** (1 / (2 * BINS_PER_DOUBLING)) - 1

export const latencyBin = (durationMs: number): number =>
  durationMs < 1 ? 0 : Math.min(LAST_BIN, 1 + Math.floor(BINS_PER_DOUBLING * Math.log2(durationMs)))

/** The durations a bin stands for: from inclusive, to exclusive. */
export const binRange = (bin: number): readonly [fromMs: number, toMs: number] => [
  bin === 0 ? 0 : 2 ** ((bin - 1) / BINS_PER_DOUBLING),
  2 ** (bin / BINS_PER_DOUBLING),
]

const middleOf = (bin: number): number => (bin === 0 ? 0.5 : 2 ** ((bin - 0.5) / BINS_PER_DOUBLING))

/** Answers by bin. */
export type Histogram = ReadonlyMap<number, number>

/**
 * The duration that this share of all answers did not exceed (nearest rank), or null where there is no answer.
 *
 * @param share above 0, at most 1: 0.95 for p95
 */
export function percentile(histogram: Histogram, share: number): number | null {
  const bins = [...histogram].toSorted(([a], [b]) => a - b)
  const total = bins.reduce((sum, [, count]) => sum + count, 0)
  let left = Math.ceil(total * share)
  for (const [bin, count] of bins) {
    left -= count
    if (left <= 0) return middleOf(bin)
  }
  return null
}
