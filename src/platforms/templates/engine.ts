import {memoized} from '../../domain/memoized.ts'
import {compile} from './compile.ts'
import type {Members} from './read.ts'
import {Rendering, Scope} from './scope.ts'

const compiled = memoized(compile, 200)

/**
 * A template with values.
 *
 * @param oneLine refuse printed values with line ends or other control characters: what they print into is a header
 * or a URL
 * @throws TemplateFault
 */
export function renderTemplate(template: string, values: Members, oneLine = false): string {
  const rendering = new Rendering(oneLine)
  compiled(template)(new Scope(rendering, values))
  return rendering.text
}
