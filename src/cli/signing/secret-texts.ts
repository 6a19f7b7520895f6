import {readSecrets, type SecretFlags, type SecretReader} from '../secrets.ts'

/** The secrets the flags name. An empty one stays: to check with it is to answer no, and to sign with it is refused. */
export const namedSecrets = (flags: SecretFlags, reader: SecretReader): Promise<readonly string[]> =>
  readSecrets(flags, {...reader, allowEmpty: true})

/** The same, or one that is asked for on a terminal. @throws usage `missing_value` where nobody can be asked */
export async function secretsOrAsk(
  flags: SecretFlags,
  reader: SecretReader,
  question: string,
): Promise<readonly string[]> {
  const secrets = await namedSecrets(flags, reader)
  if (secrets.length > 0) return secrets
  const {askSecret} = await import('../prompts.ts')
  return [await askSecret(reader, {flag: '--secret-env or --secret-file', question})]
}

/** `--previous-secret-file`: only tried to explain a mismatch. */
export const previousSecrets = (
  files: readonly string[] | undefined,
  reader: SecretReader,
): Promise<readonly string[]> =>
  files === undefined ? Promise.resolve([]) : namedSecrets({'secret-file': files}, reader)
