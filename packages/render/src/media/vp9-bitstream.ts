import { BitReader } from './bit-cursor.js';

/** What the head of a VP9 key frame says: VP9 Bitstream & Decoding Process Specification, 6.2. */
export interface Vp9KeyFrame {
  readonly profile: number;
  readonly width: number;
  readonly height: number;
  /** 0 not told, 1 BT.601, 2 BT.709; others in 7.2.2. */
  readonly colourSpace: number;
  readonly fullRange: boolean;
  readonly shown: boolean;
}

const sync = 0x49_83_42;
const sRgb = 7;

/** Reads the head of a key frame; null for every other packet. */
export function readVp9KeyFrame(packet: Uint8Array): Vp9KeyFrame | null {
  try {
    const reader = new BitReader(packet);
    if (reader.bits(2) !== 2) return null;
    const profile = reader.bit() + 2 * reader.bit();
    if (profile === 3) reader.bit();
    // An earlier picture shown again, or one that needs others.
    if (reader.flag() || reader.flag()) return null;
    const shown = reader.flag();
    reader.bit();
    if (reader.bits(24) !== sync) return null;
    if (profile >= 2) reader.bit();
    const colourSpace = reader.bits(3);
    const fullRange = colourSpace === sRgb || reader.flag();
    if (profile % 2 === 1) reader.bits(colourSpace === sRgb ? 1 : 3);
    return { profile, colourSpace, fullRange, shown, width: reader.bits(16) + 1, height: reader.bits(16) + 1 };
  } catch {
    return null;
  }
}
