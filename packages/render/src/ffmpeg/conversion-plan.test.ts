import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLecternError } from '@lectern/ports';
import { BytesInMemory } from './converted-bytes.js';
import { type ProbedFile, type ProbedStream, planConversion } from './conversion-plan.js';

const decodesH264 = (codec: string): boolean => codec === 'h264';
const h264: ProbedStream = {
  codec_type: 'video',
  codec_name: 'h264',
  pix_fmt: 'yuv420p',
  width: 1280,
  height: 720,
  avg_frame_rate: '25/1',
  color_space: 'bt709',
};
const mpeg2: ProbedStream = { ...h264, codec_name: 'mpeg2video' };
const ac3: ProbedStream = { codec_type: 'audio', codec_name: 'ac3', channels: 2 };

function file(container: string, ...streams: readonly ProbedStream[]): ProbedFile {
  return { streams, format: { format_name: container, duration: '12.5' } };
}

const argsOf = (probed: ProbedFile): string => planConversion(probed, 'mp4', decodesH264).args.join(' ');
const codeOf = (run: () => unknown): string | null => {
  try {
    run();
    return null;
  } catch (error) {
    return isLecternError(error) ? error.code : 'foreign';
  }
};

describe('the plan of a conversion', () => {
  it('passes H.264 on where the container tells times, and only there', () => {
    for (const container of ['matroska,webm', 'mov,mp4,m4a,3gp,3g2,mj2', 'mpegts', 'flv'])
      assert.ok(planConversion(file(container, h264, ac3), 'mp4', decodesH264).keepsPictures, container);
    for (const container of ['avi', 'mpeg', 'asf'])
      assert.ok(!planConversion(file(container, h264, ac3), 'mp4', decodesH264).keepsPictures, container);
    assert.ok(!planConversion(file('mov', { ...h264, pix_fmt: 'yuv422p10le' }), 'mp4', decodesH264).keepsPictures);
    assert.ok(!planConversion(file('mov', h264), 'webm', decodesH264).keepsPictures);
    assert.ok(!planConversion(file('mov', h264), 'mp4', false).keepsPictures);
  });

  it('takes a cover for no film', () => {
    const cover = { ...h264, codec_name: 'mjpeg', disposition: { attached_pic: 1 } };
    const plan = planConversion(file('asf', cover, ac3), 'mp4', decodesH264);
    assert.deepEqual([plan.kind, plan.mimeType, plan.extension], ['audio', 'audio/mp4', 'm4a']);
  });

  it('makes sizes even and fields whole, and leaves what is so alone', () => {
    assert.match(argsOf(file('mpeg', { ...mpeg2, width: 719 })), /crop=trunc/);
    assert.match(argsOf(file('mpeg', { ...mpeg2, field_order: 'tt' })), /yadif=mode=send_frame/);
    assert.doesNotMatch(argsOf(file('mpeg', { ...mpeg2, field_order: 'progressive' })), /-vf/);
  });

  it('says what colours are that don’t say it themselves', () => {
    const { color_space: _, ...untold } = mpeg2;
    assert.match(argsOf(file('mpeg', { ...untold, height: 576 })), /-colorspace smpte170m/);
    assert.match(argsOf(file('mpeg', untold)), /-colorspace bt709/);
    assert.doesNotMatch(argsOf(file('mpeg', mpeg2)), /-colorspace/);
  });

  it('makes VP9 and Opus where that is all that can be decoded', () => {
    const plan = planConversion(file('mpeg', mpeg2, ac3), 'webm', decodesH264);
    assert.match(plan.args.join(' '), /libvpx-vp9.*libopus/);
    assert.deepEqual([plan.mimeType, plan.extension], ['video/webm', 'webm']);
  });

  it('refuses what holds nothing, and pictures that don’t fit into memory', () => {
    assert.equal(
      codeOf(() => planConversion(file('mpeg'), 'mp4', decodesH264)),
      'undecodable',
    );
    const huge = { ...mpeg2, width: 7680, height: 4320 };
    assert.equal(
      codeOf(() => planConversion(file('mov', huge), 'mp4', decodesH264)),
      'image-too-large',
    );
  });
});

describe('bytes in memory', () => {
  it('are read as they were written, also over the edge of a piece and where something was written twice', async () => {
    const bytes = new BytesInMemory();
    const edge = 4 * 1024 * 1024 - 3;
    assert.equal(bytes.write(Uint8Array.of(1, 2, 3, 4, 5, 6), edge), 6);
    assert.equal(bytes.write(Uint8Array.of(9), edge + 1), 1);
    const read = new Uint8Array(8);
    assert.equal(bytes.read(read, edge), 6);
    assert.deepEqual([...read], [1, 9, 3, 4, 5, 6, 0, 0]);
    assert.equal(bytes.read(read, edge + 6), 0);
    assert.equal(bytes.size, edge + 6);
    const blob = bytes.close();
    assert.deepEqual([...new Uint8Array((await blob?.slice(edge).arrayBuffer()) ?? [])], [1, 9, 3, 4, 5, 6]);
  });

  it('end where there is no more room, and say so', () => {
    const bytes = new BytesInMemory(4);
    assert.equal(bytes.write(Uint8Array.of(1, 2, 3, 4, 5, 6), 0), 4);
    assert.equal(bytes.isFull, true);
    assert.equal(bytes.write(Uint8Array.of(7), 4), 0);
  });

  it('leave zeros behind where they were cut off', () => {
    const bytes = new BytesInMemory();
    bytes.write(Uint8Array.of(1, 2, 3), 0);
    bytes.truncate(1);
    bytes.write(Uint8Array.of(4), 3);
    const read = new Uint8Array(4);
    bytes.read(read, 0);
    assert.deepEqual([...read], [1, 0, 0, 4]);
  });
});
