import {HookctlCommand} from '../../src/cli/base-command.ts'
import {counted} from '../../src/cli/counted.ts'
import {switchFlag, textFlag} from '../../src/cli/flags.ts'
import {instanceSecretKey, readKeyFile} from '../../src/cli/secret-key.ts'
import {storeCare} from '../../src/cli/store-care.ts'
import {usageError} from '../../src/errors.ts'

export default class StoreRekey extends HookctlCommand<typeof StoreRekey> {
  static override summary = 'encrypt the secrets in the store, or change their key'
  static override description =
    'Signing secrets and headers with credentials are encrypted one by one (AES-256-GCM) with the key in HOOKCTL_SECRET_KEY or in the file that secretKeyFile names: 32 random bytes as base64, made by "openssl rand -base64 32". Without --new-key-file a store that is not encrypted yet is, with that key. What stood there before is overwritten; backups made before are not. Refused while anything else has the store open.'
  static override examples = [
    '<%= config.bin %> store rekey --new-key-file secret.key',
    'Back to a store that is not encrypted:\n<%= config.bin %> store rekey --decrypt',
  ]
  static override flags = {
    'new-key-file': textFlag({description: 'file with the key to change to', helpValue: 'FILE'}),
    decrypt: switchFlag({description: 'keep secrets unencrypted from now on', exclusive: ['new-key-file']}),
  }

  async run() {
    const {decrypt, 'new-key-file': file} = this.flags
    const present = instanceSecretKey(this.settings)
    const next = decrypt ? null : file === undefined ? present : readKeyFile(this.path(file))
    if (next === null && !decrypt) {
      throw usageError('no_secret_key', 'no secret key is set and none is named', {
        hint: 'make one: openssl rand -base64 32 > secret.key; then: hookctl store rekey --new-key-file secret.key',
      })
    }
    const care = await storeCare(this.settings)
    const rekeyed = await care.rekey(present, next)
    const plain = rekeyed.oldKeyId === null ? 'were not encrypted, and are not' : 'are not encrypted any more'
    const how = rekeyed.keyId === null ? plain : `are encrypted with the key ${rekeyed.keyId}`
    const sources = rekeyed.sources === 0 ? '' : ` and ${counted(rekeyed.sources, 'source', 'sources')}`
    return this.done(rekeyed, `the secrets of ${counted(rekeyed.webhooks, 'webhook', 'webhooks')}${sources} ${how}`, [
      ...(file === undefined ? [] : [`hookctl config set secretKeyFile ${this.path(file)}`]),
    ])
  }
}
