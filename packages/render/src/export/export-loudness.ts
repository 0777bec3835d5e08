import { documentFromRecords, soundSpans } from '@lectern/timeline';
import type { MediaLibrary } from '../media/media-library.js';
import { type LoudnessGain, type MeasuringOptions, findLoudnessGain } from '../sound/loudness.js';
import { frameToSample } from '../sound/mixer.js';
import type { ExportTask } from '../worker/protocol.js';
import { SpanSounds } from './span-sounds.js';

/**
 * The gain that brings the sound of an export to a loudness, for `ExportTask.soundGain`: decodes and mixes all of it,
 * which takes a fraction of the time of encoding it. It depends on the sound alone, so it can be kept by the
 * fingerprints of the sections of sound at gain 1.
 *
 * @param target LUFS
 * @throws LecternError `aborted`, `source-missing` and the like, naming the clip
 */
export async function exportLoudness(
  task: Pick<ExportTask, 'records' | 'startFrame' | 'endFrame'>,
  target: number,
  library: MediaLibrary,
  options: MeasuringOptions,
): Promise<LoudnessGain> {
  const { startFrame, endFrame } = task;
  const document = documentFromRecords(task.records);
  const { frameRate, sampleRate } = document.settings;
  const spans = soundSpans(document, { startFrame, endFrame });
  const sounds = new SpanSounds(document, library);
  try {
    return await findLoudnessGain(
      { spans, frameRate, sampleRate, sourceOf: (span) => sounds.of(span) },
      frameToSample(startFrame, frameRate, sampleRate),
      frameToSample(endFrame, frameRate, sampleRate),
      target,
      options,
    );
  } finally {
    sounds.closeAll();
  }
}
