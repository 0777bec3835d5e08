import { CollectionHarness } from '../collection/collection-harness.js';
import { UploadTrayHarness } from '../upload-tray/upload-tray.harness.js';
import type { UploadTrayElement } from '../upload-tray/upload-tray.js';
import type { MediaLibraryElement } from './media-library.js';

/** Drives a media library as a person would. */
export class MediaLibraryHarness extends CollectionHarness<MediaLibraryElement> {
  /** The details panel, while it is open. */
  get details(): HTMLElement | null {
    return this.element.shadowRoot?.querySelector<HTMLElement>('.details') ?? null;
  }

  /** What the details say of a fact, by its name. */
  fact(name: string): string | null {
    const term = this.all('.facts dt').find((candidate) => candidate.textContent.trim() === name);
    return term?.nextElementSibling?.textContent.trim() ?? null;
  }

  get tags(): string[] {
    return this.all('.tag .truncate').map((tag) => tag.textContent.trim());
  }

  async addTag(tag: string): Promise<void> {
    const field = this.get<HTMLInputElement>('.tags .input');
    field.focus();
    field.value = tag;
    await this.press('Enter');
  }

  /** The tray of uploads inside it. */
  get tray(): UploadTrayHarness {
    return new UploadTrayHarness(this.get<UploadTrayElement>('upload-tray'));
  }

  async showTrash(): Promise<void> {
    await this.click(this.get('.trash-button'));
  }

  /** *Add to course*, while it is open. */
  get attachDialog(): HTMLDialogElement | null {
    return this.element.shadowRoot?.querySelector<HTMLDialogElement>('dialog.attach') ?? null;
  }
}
