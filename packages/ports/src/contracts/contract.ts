import type { Backend } from '../backend.js';

/** What a back end under test may offer beyond the ports, so that more can be proven of it. */
export interface ContractSubject {
  readonly backend: Backend;
  /** Another page of the same user on the same store; the suite disposes of it. */
  readonly openPeer?: () => Promise<Backend>;
  /** From now on, the store takes no more bytes; the returned function makes room again. */
  readonly fillUp?: () => Promise<() => Promise<void>>;
  /** Ends the session, as when a token has expired. */
  readonly endSession?: () => Promise<void>;
}

export type ContractNeed = 'openPeer' | 'fillUp' | 'endSession';

export interface ContractContext {
  readonly backend: Backend;
  /** A fresh id each time. Cases use ids and names of their own, so that a store which holds other things will do. */
  readonly newId: () => string;
  readonly openPeer: () => Promise<Backend>;
  readonly fillUp: () => Promise<() => Promise<void>>;
  readonly endSession: () => Promise<void>;
}

/** One promise of a port; `run` rejects when it isn't kept. */
export interface ContractCase {
  readonly name: string;
  readonly needs?: readonly ContractNeed[];
  readonly run: (context: ContractContext) => Promise<void>;
}

export interface ContractSuite {
  readonly name: string;
  readonly cases: readonly ContractCase[];
}

export interface ContractHost {
  /** The test runner's own function: `it` of mocha and its kin, `test` of `node:test`. */
  readonly it: (name: string, run: () => Promise<void>) => unknown;
  /** What the subject offers; cases that need more are left to `skip`. */
  readonly offers?: readonly ContractNeed[];
  readonly skip?: (name: string, missing: ContractNeed) => void;
}

/**
 * Registers every case of a suite with a test runner. Each runs on a subject of its own, which is disposed of after it.
 *
 * ```ts
 * describe('assets', () => runContract(assetsContract, async () => ({ backend: myBackend() }), { it }));
 * ```
 */
export function runContract(
  suite: ContractSuite,
  makeSubject: () => ContractSubject | Promise<ContractSubject>,
  { it, offers = [], skip }: ContractHost,
): void {
  for (const contractCase of suite.cases) {
    const name = `${suite.name}: ${contractCase.name}`;
    const missing = contractCase.needs?.find((need) => !offers.includes(need));
    if (missing !== undefined) {
      skip?.(name, missing);
      continue;
    }
    it(name, () => runCase(contractCase, makeSubject));
  }
}

async function runCase(
  contractCase: ContractCase,
  makeSubject: () => ContractSubject | Promise<ContractSubject>,
): Promise<void> {
  const subject = await makeSubject();
  const opened: Backend[] = [subject.backend];
  try {
    await contractCase.run({
      backend: subject.backend,
      newId: () => crypto.randomUUID(),
      openPeer: async () => {
        const peer = await offered(subject, 'openPeer')();
        opened.push(peer);
        return peer;
      },
      fillUp: () => offered(subject, 'fillUp')(),
      endSession: () => offered(subject, 'endSession')(),
    });
  } finally {
    for (const backend of opened) await backend.dispose();
  }
}

function offered<N extends ContractNeed>(subject: ContractSubject, need: N): NonNullable<ContractSubject[N]> {
  const offer = subject[need];
  if (!offer) throw new TypeError(`The subject was said to offer ${need} and doesn't`);
  return offer;
}
