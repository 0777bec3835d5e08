/** The package's own types can't be reached through its `exports`. */
declare module 'tinykeys' {
  export type KeyBindingPress = [modifiers: string[], key: string | RegExp];
  export function parseKeybinding(keys: string): KeyBindingPress[];
  export function matchKeyBindingPress(event: KeyboardEvent, press: KeyBindingPress): boolean;
}
