/** Addresses are asked for again so long before they end: a request that begins in time may still be refused. */
const marginMs = 60_000;

/**
 * Until when an address is used, by this machine's clock, which may be wrong: what the signer says is believed only when it
 * fits the lifetime that was asked for.
 *
 * @param askedAt when the asking began, milliseconds
 * @param lifetimeMs how long addresses live
 */
export function usableUntil(expiresAt: string, askedAt: number, lifetimeMs: number): number {
  const told = Date.parse(expiresAt) - askedAt;
  const lifetime = told > 0 && told < lifetimeMs ? told : lifetimeMs;
  return askedAt + Math.max(lifetime - marginMs, lifetime / 2);
}
