import type { InputVideoTrack } from 'mediabunny';

/** Pictures with fewer lines than this were made for standard definition unless they say otherwise. */
const highDefinitionLines = 720;

/**
 * Says what the colours of untagged pictures mean, before a decoder is made: BT.601 for VP8, which knows no other, and
 * for less than 720 lines, else BT.709. That is what browsers' `<video>` takes them for (Chromium's and Firefox's rule);
 * a `VideoDecoder` takes all for BT.709. What the stream itself says goes before.
 */
export async function settleColours(video: InputVideoTrack): Promise<void> {
  // The track gives the same object to everyone who asks, its own decoders included.
  const config = await video.getDecoderConfig();
  if (!config || (config.colorSpace?.matrix ?? null) !== null) return;
  const small = config.codec === 'vp8' || (await video.getDisplayHeight()) < highDefinitionLines;
  const name = small ? 'smpte170m' : 'bt709';
  config.colorSpace = {
    primaries: config.colorSpace?.primaries ?? name,
    transfer: config.colorSpace?.transfer ?? name,
    matrix: name,
    fullRange: config.colorSpace?.fullRange ?? false,
  };
}
