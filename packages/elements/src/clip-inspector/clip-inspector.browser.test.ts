import { sendKeys } from '@web/test-runner-commands';
import { expect } from 'chai';
import type { ProjectSession } from '@lectern/core';
import { getProperty, type ClipId, type ClipRecord } from '@lectern/timeline';
import { createProjectDocument, createTestSession, type TestSession } from '@lectern/testing';
import '../define/clip-inspector.js';
import { mount, unmountAll } from '../foundation/harness.js';
import type { ClipInspectorElement } from './clip-inspector.js';
import { ClipInspectorHarness } from './clip-inspector.harness.js';
import { violations } from '../test-support/accessibility.js';

const lecture = { id: 'lecture', title: 'Lecture', document: createProjectDocument() };
let sessions: TestSession[] = [];
let projects: ProjectSession[] = [];

interface Opened {
  readonly harness: ClipInspectorHarness;
  readonly element: ClipInspectorElement;
  readonly project: ProjectSession;
}

async function open(...selected: string[]): Promise<Opened> {
  const session = createTestSession({ projects: [lecture] });
  sessions.push(session);
  const project = await session.openProject('lecture');
  projects.push(project);
  const element = Object.assign(document.createElement('clip-inspector'), {
    lectern: session,
    projectSession: project,
  });
  await mount(element, 300, 700);
  project.editor.select(selected as ClipId[]);
  const harness = new ClipInspectorHarness(element);
  await harness.settled();
  return { harness, element, project };
}

function clip({ project }: Opened, id: string): ClipRecord {
  const found = project.editor.document.clips.get(id as ClipId);
  if (!found) throw new Error(`no clip ${id}`);
  return found;
}

describe('clip-inspector', () => {
  afterEach(async () => {
    unmountAll();
    await Promise.all(projects.map((project) => project.close()));
    await Promise.all(sessions.map((session) => session.dispose()));
    projects = [];
    sessions = [];
  });

  it('has no accessibility violations for a video, a title, several clips and the project', async () => {
    const { element, harness, project } = await open('clip-1');
    for (const ids of [['clip-1'], ['clip-4'], ['clip-1', 'clip-5'], []]) {
      project.editor.select(ids as ClipId[]);
      await harness.settled();
      expect(await violations(element)).to.deep.equal([]);
    }
  });

  it('shows the properties that mean something for the chosen clip', async () => {
    const { harness, project } = await open('clip-1');
    expect(harness.labels).to.include.members([
      'Start',
      'Duration',
      'Speed',
      'Volume',
      'Opacity',
      'Scale',
      'Crop left',
    ]);
    expect(harness.labels).to.not.include('Font');
    project.editor.select(['clip-4' as ClipId]);
    await harness.settled();
    expect(harness.labels).to.include.members(['Font', 'Colour', 'Alignment', 'Opacity']);
    expect(harness.labels).to.not.include('Volume');
    project.editor.select(['clip-5' as ClipId]);
    await harness.settled();
    expect(harness.groups).to.deep.equal(['Sound']);
    expect(harness.labels).to.include.members(['Volume', 'Fade in', 'Fade out']);
  });

  it('makes one step of the history of a drag, however far it went', async () => {
    const opened = await open('clip-1');
    await opened.harness.drag('Opacity', [90, 70, 40, 55]);
    expect(getProperty(clip(opened, 'clip-1'), 'opacity')).to.equal(0.55);
    opened.project.editor.undo();
    expect(getProperty(clip(opened, 'clip-1'), 'opacity')).to.equal(1);
    expect(opened.project.editor.store.getState().canUndo).to.equal(false);
  });

  it('takes numbers in the units that people use: percent, decibels, seconds', async () => {
    const opened = await open('clip-1');
    await opened.harness.enter('Scale', '50');
    expect(getProperty(clip(opened, 'clip-1'), 'scale')).to.equal(0.5);
    await opened.harness.enter('Volume', '-6');
    expect(getProperty(clip(opened, 'clip-1'), 'volume')).to.equal(-6);
    await opened.harness.enter('Fade in', '0.5');
    expect(getProperty(clip(opened, 'clip-1'), 'fadeInFrames')).to.equal(15);
  });

  it('keeps a number inside its range and puts back what is none', async () => {
    const opened = await open('clip-1');
    await opened.harness.enter('Opacity', '400');
    expect(getProperty(clip(opened, 'clip-1'), 'opacity')).to.equal(1);
    await opened.harness.enter('Volume', '');
    expect(opened.harness.field('Volume').value).to.equal('0');
  });

  it('steps a number with the arrow keys, ten at once with Shift', async () => {
    const opened = await open('clip-1');
    const field = opened.harness.field('Rotation');
    field.focus();
    await opened.harness.press('ArrowUp');
    await opened.harness.press('ArrowUp', { shiftKey: true });
    expect(getProperty(clip(opened, 'clip-1'), 'rotation')).to.equal(11);
  });

  it('sets keyframes of the volume at the playhead, by keyboard alone, and goes from one to the next', async () => {
    const opened = await open('clip-5');
    const { harness, project, element } = opened;
    const { startFrame } = clip(opened, 'clip-5');
    const volumes = (): unknown[] =>
      (clip(opened, 'clip-5').keyframes.volume ?? []).map(({ frame, value }) => [frame, value]);
    const button = (label: string): HTMLButtonElement => harness.get<HTMLButtonElement>(`[aria-label="${label}"]`);
    const press = async (label: string): Promise<void> => {
      button(label).focus();
      expect(element.shadowRoot?.activeElement).to.equal(button(label));
      await sendKeys({ press: 'Enter' });
      await harness.settled();
    };
    project.editor.seek(startFrame + 10);
    await press('Keyframe at the playhead');
    expect(volumes()).to.deep.equal([[10, -12]]);
    expect(button('Keyframe at the playhead').getAttribute('aria-pressed')).to.equal('true');
    // With keyframes, a value is that of the playhead: stepping it sets another one.
    project.editor.seek(startFrame + 30);
    await harness.settled();
    harness.field('Volume').focus();
    await sendKeys({ down: 'Shift' });
    await sendKeys({ press: 'ArrowDown' });
    await sendKeys({ press: 'ArrowDown' });
    await sendKeys({ up: 'Shift' });
    await harness.settled();
    expect(volumes()).to.deep.equal([
      [10, -12],
      [30, -22],
    ]);
    project.editor.seek(startFrame + 20);
    await harness.settled();
    expect(harness.field('Volume').value).to.equal('-17');
    await press('Previous keyframe');
    expect(project.editor.store.getState().playheadFrame).to.equal(startFrame + 10);
    await press('Next keyframe');
    expect(project.editor.store.getState().playheadFrame).to.equal(startFrame + 30);
    expect(await violations(element)).to.deep.equal([]);
    await press('Keyframe at the playhead');
    expect(volumes()).to.deep.equal([[10, -12]]);
    project.editor.undo();
    project.editor.undo();
    expect(volumes()).to.deep.equal([[10, -12]]);
    project.editor.undo();
    expect(volumes()).to.deep.equal([]);
    await harness.settled();
  });

  it('asks whether the pitch is kept where the speed is another', async () => {
    const opened = await open('clip-5');
    expect(opened.harness.labels).to.not.include('Keep pitch');
    await opened.harness.choose('Speed', '5/4');
    const field = opened.harness.field('Keep pitch');
    expect(field.checked).to.equal(true);
    field.focus();
    await sendKeys({ press: 'Space' });
    expect(getProperty(clip(opened, 'clip-5'), 'keepPitch')).to.equal(false);
    opened.project.editor.undo();
    expect(getProperty(clip(opened, 'clip-5'), 'keepPitch')).to.equal(true);
  });

  it('moves and trims by timecode, and says why it can’t', async () => {
    const opened = await open('clip-4');
    await opened.harness.enter('Start', '00:00:07:00');
    expect(clip(opened, 'clip-4').startFrame).to.equal(210);
    await opened.harness.enter('Duration', '2:00');
    expect(clip(opened, 'clip-4').durationFrames).to.equal(60);
    await opened.harness.enter('Start', 'later');
    expect(opened.harness.get('.error-text').textContent).to.contain('Write a time');
    expect(clip(opened, 'clip-4').startFrame).to.equal(210);
  });

  it('changes the words of a title as they are typed', async () => {
    const opened = await open('clip-4');
    const field = opened.harness.field('Title text');
    for (const words of ['What', 'What is', 'What is e?']) await opened.harness.type(field, words);
    const { source } = clip(opened, 'clip-4');
    expect(source.kind === 'text' && source.text).to.equal('What is e?');
    opened.project.editor.undo();
    const before = clip(opened, 'clip-4').source;
    expect(before.kind === 'text' && before.text).to.equal('What is a limit?');
  });

  it('shows what several clips share, says where they differ, and changes all of them', async () => {
    const opened = await open('clip-1', 'clip-5');
    expect(opened.harness.get('h2').textContent).to.equal('2 clips');
    expect(opened.harness.labels).to.include('Volume');
    expect(opened.harness.labels).to.not.include('Opacity');
    expect(opened.harness.field('Volume').placeholder).to.equal('Mixed');
    await opened.harness.enter('Volume', '-3');
    expect(getProperty(clip(opened, 'clip-1'), 'volume')).to.equal(-3);
    expect(getProperty(clip(opened, 'clip-5'), 'volume')).to.equal(-3);
    opened.project.editor.undo();
    expect(getProperty(clip(opened, 'clip-5'), 'volume')).to.equal(-12);
  });

  it('puts a property back with its reset button', async () => {
    const opened = await open('clip-5');
    await opened.harness.click('Reset Volume');
    expect(clip(opened, 'clip-5').props).to.not.have.property('volume');
  });

  it('renames a clip', async () => {
    const opened = await open('clip-1');
    await opened.harness.type(opened.harness.get<HTMLInputElement>('.name'), 'Opening');
    expect(clip(opened, 'clip-1').name).to.equal('Opening');
  });

  it('changes nothing on a locked track, and says so', async () => {
    const opened = await open('clip-1');
    opened.project.editor.run('track.set', { trackId: clip(opened, 'clip-1').trackId, locked: true });
    await opened.harness.settled();
    expect(opened.harness.get('.banner').textContent).to.contain('locked');
    expect(opened.harness.field('Opacity').disabled).to.equal(true);
  });

  it('shows the project’s own settings while nothing is chosen', async () => {
    const opened = await open();
    const settings = (): { width: number; height: number; background: string } =>
      opened.project.editor.document.settings;
    await opened.harness.choose('Picture size', '1080x1920');
    expect(settings()).to.include({ width: 1080, height: 1920 });
    await opened.harness.type(opened.harness.field('Background'), '#204060');
    expect(settings().background).to.equal('#204060');
    expect(opened.harness.get('#rate-hint').textContent).to.contain('rounds');
    await opened.harness.choose('Frame rate', '2');
    expect(opened.project.editor.document.settings.frameRate).to.deep.equal({ num: 25, den: 1 });
  });

  it('refuses a picture size that can’t be encoded', async () => {
    const opened = await open();
    await opened.harness.choose('Picture size', 'custom');
    const [width] = opened.harness.all<HTMLInputElement>('.size input');
    if (!width) throw new Error('no field for the width');
    await opened.harness.type(width, '1001');
    expect(opened.harness.get('#size-problem').textContent).to.contain('Even numbers');
    expect(opened.project.editor.document.settings.width).to.equal(1920);
  });
});
