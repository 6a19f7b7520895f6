export const FORMATS = ['table', 'wide', 'compact', 'json', 'jsonl', 'yaml', 'tsv', 'id'] as const
export type Format = (typeof FORMATS)[number]

/** What a stream can be printed as: one line per item, as they come. */
export const STREAM_FORMATS = ['compact', 'json', 'jsonl'] as const satisfies readonly Format[]

/** What is written for other programs: one line per item, as they come. */
export const EXPORT_FORMATS = ['jsonl', 'json', 'tsv', 'id'] as const satisfies readonly Format[]

export const isMachineFormat = (format: Format): boolean => format === 'json' || format === 'jsonl' || format === 'yaml'
