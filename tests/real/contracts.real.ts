/** Every contract against the live project that the environment names; see CONTRIBUTING.md. */
import { after, before, describe, it } from 'node:test';
import { allContracts, runContract } from '@lectern/ports/contracts';
import { offers, RealProject } from './real-project.js';

const signer = process.env['LECTERN_B2_SIGNER_URL'];

for (const signerUrl of signer === undefined || signer === '' ? [null] : [null, signer]) {
  describe(signerUrl === null ? 'a live Supabase project' : 'a live Supabase project with its bytes in B2', () => {
    let project: RealProject;

    before(async () => {
      project = new RealProject();
      await project.start();
    });
    after(() => project.stop());

    for (const suite of allContracts) {
      runContract(suite, () => project.subject(signerUrl), {
        it,
        offers,
        skip: (name, missing) => {
          it(name, { skip: `a live project has no ${missing}` }, () => undefined);
        },
      });
    }
  });
}
