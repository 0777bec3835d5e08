/**
 * WebAV. Its own copy of the sources is made before; a music track has a volume there but no fade. It knows no sound but
 * the browser's own AAC: where there is none, it makes a silent file and is spared the work.
 */
import { AudioClip, Combinator, ImgClip, MP4Clip, OffscreenSprite } from '@webav/av-cliper';
import * as a from '../timeline-a.mjs';
import { blobOf, peer } from './peer.mjs';

const microseconds = 1e6;

async function hasAac() {
  const config = { codec: 'mp4a.40.2', sampleRate: 48_000, numberOfChannels: 2, bitrate: a.audioBitrate };
  return (await globalThis.AudioEncoder.isConfigSupported(config)).supported === true;
}

peer(async () => {
  const combinator = new Combinator({
    width: a.width,
    height: a.height,
    fps: a.frameRate,
    bitrate: a.videoBitrate,
    videoCodec: 'avc1.64001f',
    ...((await hasAac()) ? {} : { audio: false }),
  });
  const end = a.cuts.length * a.clipSeconds;
  for (const [index, [name, trim]] of a.cuts.entries()) {
    const whole = new MP4Clip((await blobOf(name)).stream());
    await whole.ready;
    const [, from] = await whole.split((trim / a.frameRate) * microseconds);
    const sprite = new OffscreenSprite(from);
    await sprite.ready;
    sprite.time = { offset: index * a.clipSeconds * microseconds, duration: a.clipSeconds * microseconds };
    await combinator.addSprite(sprite);
  }
  const title = new OffscreenSprite(new ImgClip(await globalThis.createImageBitmap(await a.titlePicture())));
  await title.ready;
  title.time = { offset: a.clipSeconds * microseconds, duration: a.clipSeconds * microseconds };
  title.zIndex = 1;
  await combinator.addSprite(title);
  const music = new OffscreenSprite(
    new AudioClip((await blobOf(a.music)).stream(), { volume: 10 ** (a.musicVolume / 20) }),
  );
  await music.ready;
  music.time = { offset: 0, duration: end * microseconds };
  await combinator.addSprite(music);
  return async () => {
    const blob = await new globalThis.Response(combinator.output({ maxTime: end * microseconds })).blob();
    combinator.destroy();
    return blob;
  };
});
