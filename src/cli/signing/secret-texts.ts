import {usageError} from '../../errors.ts'
import {readSecrets, requireSecret, type SecretFlags, type SecretReader} from '../secrets.ts'

const strict = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true})

/** Schemes take secrets as text. @throws usage `secret_not_text` */
function secretText(secret: Buffer): string {
  try {
    return strict.decode(secret)
  } catch (error) {
    throw usageError('secret_not_text', 'the secret is not UTF-8 text', {
      hint: 'give binary keys the way the scheme spells them, like whsec_ and base64',
      cause: error,
    })
  }
}

/** The secrets the flags name. An empty one stays: to check with it is to answer no, and to sign with it is refused. */
export const namedSecrets = async (flags: SecretFlags, reader: SecretReader): Promise<readonly string[]> =>
  (await readSecrets(flags, {...reader, allowEmpty: true})).map(secretText)

/** The same, or one that is asked for on a terminal. @throws usage `missing_value` where nobody can be asked */
export async function secretsOrAsk(
  flags: SecretFlags,
  reader: SecretReader,
  question: string,
): Promise<readonly string[]> {
  const secrets = await namedSecrets(flags, reader)
  return secrets.length > 0 ? secrets : [secretText(await requireSecret({}, reader, question))]
}

/** `--previous-secret-file`: only tried to explain a mismatch. */
export const previousSecrets = (
  files: readonly string[] | undefined,
  reader: SecretReader,
): Promise<readonly string[]> =>
  files === undefined ? Promise.resolve([]) : namedSecrets({'secret-file': files}, reader)
