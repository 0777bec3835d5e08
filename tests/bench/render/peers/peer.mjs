/** What the pages of the peers have in common. */
import { ALL_FORMATS, BlobSource, Input } from 'mediabunny';

/** @param {string} name */
export async function blobOf(name) {
  return (await fetch(`/media/${name}`)).blob();
}

/**
 * Offers a peer to the bench. `prepare` opens the sources and lays the timeline out, which isn't measured; what it
 * returns makes the file.
 *
 * @param {() => Promise<() => Promise<Blob>>} prepare
 */
export function peer(prepare) {
  globalThis.peer = {
    run: async () => {
      const make = await prepare();
      const start = performance.now();
      const blob = await make();
      const seconds = (performance.now() - start) / 1000;
      return { seconds, bytes: blob.size, ...(await look(blob)) };
    },
  };
}

/** What came out: a file that isn't timeline A is no comparison. @param {Blob} blob */
async function look(blob) {
  const input = new Input({ source: new BlobSource(blob), formats: ALL_FORMATS });
  const video = await input.getPrimaryVideoTrack();
  const audio = await input.getPrimaryAudioTrack();
  if (!video) throw new Error('there are no pictures in what it made');
  const stats = await video.computePacketStats();
  return {
    frames: stats.packetCount,
    bitrate: stats.averageBitrate,
    duration: await video.computeDuration(),
    width: await video.getDisplayWidth(),
    height: await video.getDisplayHeight(),
    codecs: `${await video.getCodec()}+${audio ? await audio.getCodec() : 'nothing'}`,
  };
}
