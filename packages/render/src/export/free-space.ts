/** Tries how many bytes can be stored, up to so many. */
export type TryRoom = (bytes: number) => Promise<number>;

/**
 * Bytes that this page may still store; null where the browser doesn't tell. What it tells may be rounded up, or be the
 * same for everybody, so whether `neededBytes` fit is tried.
 */
export async function freeSpace(neededBytes: number, tryRoom: TryRoom): Promise<number | null> {
  const told = await toldByBrowser();
  if (told === null || told < neededBytes) return told;
  const room = await tryRoom(neededBytes);
  return room < neededBytes ? room : told;
}

async function toldByBrowser(): Promise<number | null> {
  try {
    const { quota, usage = 0 } = await navigator.storage.estimate();
    return quota === undefined ? null : Math.max(0, quota - usage);
  } catch {
    return null;
  }
}
