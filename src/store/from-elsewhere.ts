/** Events that nobody sent by hand: few beside the others, so that an index of them alone is cheap. As that index spells it. */
export const FROM_ELSEWHERE = "source NOT IN ('api', 'cli')"

export const isFromElsewhere = (source: string): boolean => source !== 'api' && source !== 'cli'
