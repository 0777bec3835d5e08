import { html, nothing, type CSSResultGroup, type TemplateResult } from 'lit';
import { state } from 'lit/decorators.js';
import {
  getProperty,
  getPropertyAt,
  keyframesOf,
  propertiesFor,
  propertySubjects,
  type ClipId,
  type ClipRecord,
  type PropertyDefinition,
  type TimelineDocument,
} from '@lectern/timeline';
import type { EditorState, MessageKey, ProjectSession } from '@lectern/core';
import { icon, type IconName } from '../foundation/icon.js';
import { LecternElement } from '../foundation/lectern-element.js';
import { ProjectElement } from '../foundation/project-element.js';
import { errorView, stateView } from '../foundation/state-view.js';
import { styleMap } from '../foundation/style-map.js';
import { StoreController } from '../foundation/store-controller.js';
import { clipInspectorStyles } from './clip-inspector.styles.js';
import { textField, timingFields, type ClipFieldsView } from './clip-fields.js';
import { followsPlayhead, frameInClip, hasKeyframeFields, keyframeFields, setAtPlayhead } from './keyframe-fields.js';
import { projectFields } from './project-fields.js';
import { numberDisplay } from './property-display.js';
import { PropertyEdit } from './property-edit.js';
import { propertyField } from './property-field.js';

type Group = PropertyDefinition['group'];
type ClipKind = 'video' | 'audio' | 'image' | 'text' | 'colour';

const groupOrder: readonly Group[] = ['text', 'sound', 'appearance', 'transform', 'crop'];
const groupLabels: Readonly<Record<Group, MessageKey>> = {
  text: 'inspector.groupText',
  sound: 'inspector.groupSound',
  appearance: 'inspector.groupAppearance',
  transform: 'inspector.groupTransform',
  crop: 'inspector.groupCrop',
};
const kindIcons: Readonly<Record<ClipKind, IconName>> = {
  video: 'video',
  audio: 'audio',
  image: 'image',
  text: 'text',
  colour: 'colour',
};

/**
 * The properties of the chosen clips as fields, made from the registry of properties; of several clips those that they
 * share. With nothing chosen, what the whole project shares. Everything that can be dragged on the picture or on the
 * timeline can be typed here.
 *
 * | key | does |
 * | --- | --- |
 * | ↑ ↓ in a number or a time | one step; with Shift ten |
 * | Escape in a time | puts back what it was |
 *
 * The volume of one clip may change over time: keyframes are set and removed at the playhead, and while there are any,
 * the field shows and sets the volume there.
 *
 * @tagname clip-inspector
 * @summary Shows and changes the chosen clips' properties.
 * @csspart group - One group of fields.
 * @csspart state - What is shown while no project is open.
 */
export class ClipInspectorElement extends ProjectElement {
  static override styles: CSSResultGroup = [LecternElement.styles, clipInspectorStyles];

  @state() private problem: ClipFieldsView['problem'] = null;
  @state() private customSize = false;
  @state() private sizeProblem = false;

  readonly #edit = new PropertyEdit();
  readonly #editor = new StoreController<EditorState, EditorState>(this, null, (all) => all, sameEdit);
  readonly #closed = new Set<string>(['crop']);
  #shownIds = '';

  override disconnectedCallback(): void {
    this.#edit.cancel();
    super.disconnectedCallback();
  }

  /** Takes the keyboard to the first field. */
  override focus(options?: FocusOptions): void {
    this.renderRoot.querySelector<HTMLElement>('.scroll :is(input, textarea, select):not(:disabled)')?.focus(options);
  }

  protected override projectChanged(project: ProjectSession | null): void {
    this.#edit.cancel();
    this.#editor.setStore(project?.editor.store ?? null);
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    super.willUpdate(changed);
    const ids = this.#editor.value?.state.selection.clipIds.join() ?? '';
    if (ids === this.#shownIds) return;
    this.#shownIds = ids;
    this.problem = null;
  }

  protected override render(): TemplateResult {
    const project = this.activeProject;
    const view = this.#editor.value;
    if (!project || !view) {
      if (this.openError)
        return errorView(this.openError, this.localize.messages, () => {
          this.reopen();
        });
      if (this.opening)
        return html`<div class="waiting" role="status" aria-busy="true" aria-label=${this.t('common.loading')}>
          ${[60, 100, 100, 45, 100, 100, 100].map(
            (width) => html`<span class="skeleton" style=${styleMap({ inlineSize: `${String(width)}%` })}></span>`,
          )}
        </div>`;
      return stateView({ icon: 'inspector', title: this.t('inspector.title'), text: this.t('inspector.nothing') });
    }
    const timeline = view.state.document;
    const clips = view.state.selection.clipIds.map((id) => timeline.clips.get(id)).filter((clip) => clip !== undefined);
    const [first] = clips;
    return html`${first ? this.#renderHeader(clips, first, timeline) : this.#renderProjectHeader()}
      <div class="scroll">
        ${view.readOnly ? this.#renderWarning('inspector.readOnly') : nothing}
        ${first ? this.#renderClips(project, clips, first, timeline, view.readOnly) : this.#renderProject(project, timeline, view.readOnly)}
      </div>`;
  }

  #renderProjectHeader(): TemplateResult {
    return html`<header>
      <h2>${this.t('inspector.title')}</h2>
    </header>`;
  }

  #renderProject(project: ProjectSession, timeline: TimelineDocument, disabled: boolean): TemplateResult {
    return projectFields({
      timeline,
      editor: project.editor,
      m: this.localize.messages,
      disabled,
      customSize: this.customSize,
      sizeProblem: this.sizeProblem,
      setCustomSize: (custom) => {
        this.customSize = custom;
        this.sizeProblem = false;
      },
      setSizeProblem: (problem) => {
        this.sizeProblem = problem;
      },
    });
  }

  #renderHeader(clips: readonly ClipRecord[], first: ClipRecord, timeline: TimelineDocument): TemplateResult {
    const kind = kindOf(first, timeline);
    if (clips.length > 1)
      return html`<header>
        ${icon('library')}
        <h2>${this.t('inspector.several', { count: clips.length })}</h2>
      </header>`;
    return html`<header data-kind=${kind}>
      <span class="kind" title=${this.t(`inspector.kind.${kind}`)}>${icon(kindIcons[kind])}</span>
      <h2 class="visually-hidden">${this.t('inspector.title')}</h2>
      <input
        class="name"
        type="text"
        maxlength="200"
        autocomplete="off"
        spellcheck="false"
        aria-label=${this.t('inspector.clipName')}
        title=${first.name}
        .value=${first.name}
        ?disabled=${this.#isLocked([first], timeline)}
        @change=${(event: Event) => {
          const field = event.target as HTMLInputElement;
          const done = this.activeProject?.editor.run('clip.rename', { clipId: first.id, name: field.value.trim() });
          if (!done) field.value = first.name;
        }}
      />
    </header>`;
  }

  #renderClips(
    project: ProjectSession,
    clips: readonly ClipRecord[],
    first: ClipRecord,
    timeline: TimelineDocument,
    readOnly: boolean,
  ): TemplateResult {
    const locked = this.#isLocked(clips, timeline);
    const disabled = readOnly || locked;
    const m = this.localize.messages;
    const shared = sharedProperties(clips, timeline);
    const groups = groupOrder.map((group) => ({
      group,
      definitions: shared.filter((definition) => groupOf(definition, clips, timeline) === group),
    }));
    const fields: ClipFieldsView = {
      clip: first,
      rate: timeline.settings.frameRate,
      editor: project.editor,
      m,
      disabled,
      problem: this.problem,
      report: (problem) => {
        this.problem = problem;
      },
    };
    return html`${locked && !readOnly ? this.#renderWarning('inspector.locked') : nothing}
    ${
      clips.length === 1
        ? html`<section class="group" part="group">${textField(fields)} ${timingFields(fields)}</section>`
        : nothing
    }
    ${groups
      .filter(({ definitions }) => definitions.length > 0)
      .map(({ group, definitions }) => this.#renderGroup(project, group, definitions, clips, timeline, disabled))}`;
  }

  #renderGroup(
    project: ProjectSession,
    group: Group,
    definitions: readonly PropertyDefinition[],
    clips: readonly ClipRecord[],
    timeline: TimelineDocument,
    disabled: boolean,
  ): TemplateResult {
    const { editor } = project;
    const clipIds: readonly ClipId[] = clips.map(({ id }) => id);
    const longestFade = Math.min(...clips.map(({ durationFrames }) => durationFrames));
    const touched = definitions.some(({ id }) =>
      clips.some((clip) => Object.hasOwn(clip.props, id) || keyframesOf(clip, id).length > 0),
    );
    return html`<details
      class="group"
      part="group"
      data-group=${group}
      ?open=${!this.#closed.has(group)}
      @toggle=${(event: Event) => {
        if ((event.target as HTMLDetailsElement).open) this.#closed.delete(group);
        else this.#closed.add(group);
      }}
    >
      <summary>
        ${icon('chevron-right')}${this.t(groupLabels[group])}${touched ? html`<i class="touched"></i>` : nothing}
      </summary>
      ${definitions.map((definition) => {
        const playheadFrame = this.#editor.value?.playheadFrame ?? 0;
        const only = clips.length === 1 && hasKeyframeFields(definition.id) ? clips[0] : undefined;
        const moving = only !== undefined && keyframesOf(only, definition.id).length > 0 ? only : undefined;
        const values = moving
          ? [getPropertyAt(moving, definition.id, frameInClip(moving, playheadFrame))]
          : clips.map((clip) => getProperty(clip, definition.id));
        const [value = definition.default] = values;
        const numeric = definition.type === 'number' || definition.type === 'integer';
        const field = propertyField({
          definition,
          value,
          mixed: values.some((other) => other !== value),
          display: numeric ? numberDisplay(definition, timeline.settings.frameRate, longestFade) : null,
          disabled,
          m: this.localize.messages,
          press: () => {
            this.#edit.press();
          },
          input: (next) => {
            if (moving) setAtPlayhead(editor, moving, definition.id, next);
            else this.#edit.input(editor, clipIds, definition.id, next);
          },
          release: () => {
            this.#edit.release();
          },
          set: (next) => {
            if (moving) setAtPlayhead(editor, moving, definition.id, next);
            else this.#edit.set(editor, clipIds, definition.id, next);
          },
        });
        return only
          ? html`${field}
            ${keyframeFields({ clip: only, key: definition.id, playheadFrame, editor, m: this.localize.messages, disabled })}`
          : field;
      })}
    </details>`;
  }

  #renderWarning(key: 'inspector.locked' | 'inspector.readOnly'): TemplateResult {
    return html`<div class="banner">
      ${icon('lock')}
      <p>${this.t(key)}</p>
    </div>`;
  }

  #isLocked(clips: readonly ClipRecord[], timeline: TimelineDocument): boolean {
    return clips.every((clip) => timeline.track(clip.trackId)?.locked ?? false);
  }
}

/** The properties that mean something for every one of the clips, in the order of the registry. */
function sharedProperties(clips: readonly ClipRecord[], timeline: TimelineDocument): readonly PropertyDefinition[] {
  const [first, ...others] = clips.map((clip) => propertiesFor(clip, timeline));
  return (first ?? []).filter((definition) => others.every((list) => list.includes(definition)));
}

/** The fades of a clip that is only heard stand with its sound. */
function groupOf(definition: PropertyDefinition, clips: readonly ClipRecord[], timeline: TimelineDocument): Group {
  const onlyHeard = clips.every((clip) => propertySubjects(clip, timeline).every((subject) => subject === 'audio'));
  return definition.unit === 'frame' && onlyHeard ? 'sound' : definition.group;
}

function kindOf(clip: ClipRecord, timeline: TimelineDocument): ClipKind {
  return propertySubjects(clip, timeline)[0] ?? 'video';
}

/** The zoom is no business of the inspector, and the playhead only where a value changes over time. */
function sameEdit(a: EditorState, b: EditorState): boolean {
  if (a.state !== b.state || a.readOnly !== b.readOnly) return false;
  if (a.playheadFrame === b.playheadFrame) return true;
  const { document, selection } = b.state;
  const [first, ...others] = selection.clipIds;
  const clip = first !== undefined && others.length === 0 ? document.clips.get(first) : undefined;
  return !clip || !followsPlayhead(clip);
}

declare global {
  interface HTMLElementTagNameMap {
    'clip-inspector': ClipInspectorElement;
  }
}
