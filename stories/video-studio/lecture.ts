import { createTestSession, type TestSession, type TestSessionOptions } from '@lectern/testing';
import {
  createEmptyProject,
  createState,
  runCommand,
  type AssetRecord,
  type CommandArgs,
  type CommandName,
} from '@lectern/timeline';
import { countingIds, createAssetRecord, type TestProject } from '@lectern/testing';

/** A lecture as somebody would have cut it: two takes, a slide, a title and music. */
export function lecture(id = 'lecture', title = 'Limits and continuity'): TestProject {
  const newId = countingIds(id);
  let state = createState({ document: createEmptyProject(newId) });
  const run = <Name extends CommandName>(name: Name, args: CommandArgs<Name>): void => {
    const spec = runCommand(state, name, args, { newId });
    if (spec) state = state.update(spec).state;
  };
  const asset = (assetId: string, facts: Partial<AssetRecord>): AssetRecord => createAssetRecord(assetId, facts);
  run('clip.add', { asset: asset('asset-1', { name: 'Limits 1.mp4', durationSeconds: 14 }), mode: 'append' });
  run('clip.add', { asset: asset('asset-2', { name: 'Derivatives 1.mp4', durationSeconds: 22 }), mode: 'append' });
  run('clip.add', {
    asset: asset('asset-5', { name: 'Vectors 1 slide.png', kind: 'image', durationSeconds: 0, audioCodec: null }),
    mode: 'append',
  });
  run('clip.add', {
    asset: asset('asset-4', { name: 'Series 1 sound.mp3', kind: 'audio', durationSeconds: 30, videoCodec: null }),
    mode: 'overwrite',
    frame: 0,
  });
  run('clip.addText', { text: 'Limits and continuity', frame: 20, durationFrames: 120 });
  run('selection.none', {});
  return { id, title, description: 'Second lecture of the third week', document: state.document };
}

/** A library, two projects and a course in memory. */
export function studioSession(options: TestSessionOptions = {}): TestSession {
  return createTestSession({
    assets: 14,
    projects: [lecture(), { ...lecture('derivatives', 'Derivatives'), published: true }],
    courses: [
      { type: 'course.create', id: 'calculus', title: 'Calculus I' },
      { type: 'chapter.create', id: 'limits', courseId: 'calculus', title: 'Limits' },
    ],
    ...options,
  });
}
