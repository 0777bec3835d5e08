import type { ProjectSession } from '../project-session.js';

/** Rates that J and L go through, pressed again and again. */
const shuttleRates = [1, 2, 4, 8] as const;
/** J or L held together with K. */
const slowRate = 0.5;

/** Playback of a project: what keys, menus, buttons and hosts do with it. Each returns false when there is nothing to play. */
export const transport = {
  playPause(project: ProjectSession): boolean {
    if (isEmpty(project)) return false;
    if (project.preview.state().status === 'playing') return transport.pause(project);
    return playAt(project, 1);
  },

  /** Stands still where it is. */
  pause(project: ProjectSession): boolean {
    project.editor.setShuttleRate(0);
    project.preview.pause();
    return !isEmpty(project);
  },

  /** J and L: again is faster, the other direction begins anew at its own speed. */
  shuttle(project: ProjectSession, direction: 1 | -1): boolean {
    if (isEmpty(project)) return false;
    const { shuttleRate } = project.editor.store.getState();
    const speed = Math.abs(shuttleRate);
    const isSame = Math.sign(shuttleRate) === direction;
    const next = isSame ? (shuttleRates.find((rate) => rate > speed) ?? speed) : shuttleRates[0];
    return playAt(project, direction * next);
  },

  /** At half the speed until the returned function is called. */
  slow(project: ProjectSession, direction: 1 | -1): () => void {
    playAt(project, direction * slowRate);
    return () => {
      transport.pause(project);
    };
  },

  /** Stands still at a frame, or at the nearest end. */
  goTo(project: ProjectSession, frame: number): boolean {
    if (isEmpty(project)) return false;
    transport.pause(project);
    project.editor.seek(Math.max(0, Math.min(frame, project.editor.document.totalFrames)));
    return true;
  },

  /** Stands still so many frames further. */
  step(project: ProjectSession, frames: number): boolean {
    transport.pause(project);
    return transport.goTo(project, project.editor.store.getState().playheadFrame + frames);
  },
} as const;

function isEmpty(project: ProjectSession): boolean {
  return project.editor.document.totalFrames === 0;
}

function playAt(project: ProjectSession, rate: number): boolean {
  if (isEmpty(project)) return false;
  project.editor.setShuttleRate(rate);
  void project.preview.play(rate);
  return true;
}
