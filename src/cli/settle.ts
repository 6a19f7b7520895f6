export {settle} from '../client/settle.ts'
