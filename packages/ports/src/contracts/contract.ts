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
  /** A page of another user, who may see nothing of the first one's; the suite disposes of it. */
  readonly openOther?: () => Promise<Backend>;
  /**
   * From now on, requests that carry bytes of a transfer break off, as they do when a network is lost; the returned
   * function mends it. Requests for anything else may break off as well.
   */
  readonly interruptTransfers?: () => Promise<() => Promise<void>>;
}

export type ContractNeed = Exclude<keyof ContractSubject, 'backend'>;

export interface ContractContext {
  readonly backend: Backend;
  /**
   * A fresh UUID each time. Cases use ids and names of their own, so a store will do that holds other things of the same
   * user, and in which other cases are at work at the same time.
   */
  readonly newId: () => string;
  readonly openPeer: () => Promise<Backend>;
  readonly fillUp: () => Promise<() => Promise<void>>;
  readonly endSession: () => Promise<void>;
  readonly openOther: () => Promise<Backend>;
  readonly interruptTransfers: () => Promise<() => Promise<void>>;
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
  const open = async (need: 'openPeer' | 'openOther'): Promise<Backend> => {
    const backend = await offered(subject, need)();
    opened.push(backend);
    return backend;
  };
  try {
    await contractCase.run({
      backend: subject.backend,
      newId: () => crypto.randomUUID(),
      openPeer: () => open('openPeer'),
      openOther: () => open('openOther'),
      fillUp: () => offered(subject, 'fillUp')(),
      endSession: () => offered(subject, 'endSession')(),
      interruptTransfers: () => offered(subject, 'interruptTransfers')(),
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
