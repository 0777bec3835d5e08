import { runCommand, type CommandArgs, type CommandName } from '@lectern/timeline';
import type { LecternSession, Messages, ProjectSession } from '@lectern/core';

/** Puts a title over two coloured fields on an empty timeline: enough to play, cut and export without any file. */
export function addSample(session: LecternSession, project: ProjectSession, m: Messages): boolean {
  const { num, den } = project.editor.document.settings.frameRate;
  const seconds = (count: number): number => Math.round((count * num) / den);
  return project.editor.transact('clip.add', (apply) => {
    let state = apply(null);
    const step = <Name extends CommandName>(name: Name, args: CommandArgs<Name>): void => {
      state = apply(runCommand(state, name, args, { newId: session.newId }));
    };
    step('clip.addColour', { colour: '#312e81', frame: 0, durationFrames: seconds(4) });
    step('clip.addColour', { colour: '#0f766e', frame: seconds(4), durationFrames: seconds(4) });
    step('clip.addText', { text: m.t('workspace.sampleTitle'), frame: seconds(0.5), durationFrames: seconds(3) });
    step('clip.addText', { text: m.t('workspace.sampleSubtitle'), frame: seconds(4.5), durationFrames: seconds(3) });
    step('selection.none', {});
  });
}
