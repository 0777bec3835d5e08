import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TextStyle } from '@lectern/timeline';
import { layOutText } from './text-layout.js';

const style: TextStyle = {
  fontFamily: 'sans-serif',
  fontSize: 20,
  fontWeight: 400,
  italic: false,
  colour: '#ffffff',
  align: 'centre',
  lineHeight: 1.5,
  backgroundColour: null,
  backgroundOpacity: 0,
  padding: 10,
};
const box = { width: 400, height: 200 };
/** Every character is ten pixels wide. */
const measure = (text: string): number => text.length * 10;
const lines = (text: string): string[] => layOutText(text, style, box, measure).lines.map((line) => line.text);

test('a title is centred in its box, with its padding around it', () => {
  const { lines: laid, block } = layOutText('Hello', style, box, measure);
  assert.deepEqual(block, { x: 165, y: 75, width: 70, height: 50 });
  assert.deepEqual(laid, [{ text: 'Hello', x: 175, middleY: 100, width: 50 }]);
});

test('lines are aligned within the block, and the block in the box', () => {
  const left = layOutText('Hello\nHi', { ...style, align: 'left' }, box, measure);
  assert.deepEqual(
    left.lines.map(({ x }) => x),
    [30, 30],
  );
  const right = layOutText('Hello\nHi', { ...style, align: 'right' }, box, measure);
  assert.deepEqual(
    right.lines.map(({ x, width }) => x + width),
    [370, 370],
  );
});

test('text wraps at words, and inside a word only when it is longer than a line', () => {
  assert.deepEqual(lines('The derivative of a sum is the sum of derivatives'), [
    'The derivative of a sum is the sum',
    'of derivatives',
  ]);
  assert.deepEqual(lines('a'.repeat(40)), ['a'.repeat(34), 'a'.repeat(6)]);
  assert.deepEqual(lines('one\r\n\ntwo'), ['one', '', 'two']);
});

test('characters outside the basic plane are never cut in half', () => {
  for (const line of lines('😀'.repeat(40))) assert.doesNotMatch(line, /^[\udc00-\udfff]|[\ud800-\udbff]$/);
});

test('blank text has no block', () => {
  assert.deepEqual(layOutText(' \n ', style, box, measure), { lines: [], block: null });
});
