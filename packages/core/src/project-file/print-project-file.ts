import { projectFileLimits, type ProjectFileJson } from './project-file.js';

/**
 * The text of a project file: keys in their order, one line for each clip, track and asset, so that a person can read it
 * and a version control system can show what changed. Without line breaks where they would make it too large to open. A
 * project that is too large even so is written all the same: what can't be opened here isn't lost.
 */
export function printProjectFile(json: ProjectFileJson): string {
  const text = `${printFields(json as unknown as Readonly<Record<string, unknown>>, 2, '')}\n`;
  return new TextEncoder().encode(text).byteLength <= projectFileLimits.textBytes ? text : JSON.stringify(json);
}

/** Objects down to `levels` below have a line for each field, lists one for each item, and what is deeper none. */
function printFields(object: Readonly<Record<string, unknown>>, levels: number, indent: string): string {
  const inner = `${indent}  `;
  const lines = Object.keys(object)
    .filter((key) => object[key] !== undefined)
    .map((key) => `${inner}${JSON.stringify(key)}: ${printValue(object[key], levels - 1, inner)}`);
  return lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n${indent}}`;
}

function printValue(value: unknown, levels: number, indent: string): string {
  if (Array.isArray(value)) {
    const lines = value.map((item) => `${indent}  ${JSON.stringify(item)}`);
    return lines.length === 0 ? '[]' : `[\n${lines.join(',\n')}\n${indent}]`;
  }
  if (levels > 0 && typeof value === 'object' && value !== null)
    return printFields(value as Readonly<Record<string, unknown>>, levels, indent);
  return JSON.stringify(value);
}
