import type {z} from 'zod'
import type {Role} from '../domain/organization.ts'
import type {Scope} from '../domain/token.ts'
import {lazily} from './lazily.ts'

export type {Scope} from '../domain/token.ts'

/**
 * One line of the wire contract. Server routes, both clients and the OpenAPI document are made from it: members of
 * `input` named in `path` travel there, the rest in the query of a GET or DELETE, in the JSON body of anything else.
 */
export interface Operation<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Path parameters as `:name`. */
  readonly path: string
  readonly role: Role
  readonly scope: Scope
  /** Concerns every organization at once: whoever stands for one of them may not. */
  readonly everywhere?: true
  /** A fragment, lower case, no full stop. */
  readonly summary: string
  readonly input: I
  readonly output: O
  /** 200 unless said. */
  readonly status?: 200 | 201 | 202
  /** Takes many things at once: the server reads bodies up to 16 MiB instead of 1 MiB. */
  readonly bulk?: true
}

type Lazy<I extends z.ZodType, O extends z.ZodType> = Omit<Operation<I, O>, 'input' | 'output'> & {
  readonly input: () => I
  readonly output: () => O
}

/** A line of the table. Its schemas are built when they are asked for: a command needs one of them, and pays for one. */
export function operation<I extends z.ZodType, O extends z.ZodType>({
  input,
  output,
  ...entry
}: Lazy<I, O>): Operation<I, O> {
  const [inputSchema, outputSchema] = [lazily(input), lazily(output)]
  return {
    ...entry,
    get input() {
      return inputSchema()
    },
    get output() {
      return outputSchema()
    },
  }
}
