export {suggest} from '../domain/suggest.ts'
