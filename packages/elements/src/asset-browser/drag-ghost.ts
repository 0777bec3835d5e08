/**
 * What follows the pointer while assets are dragged: the picture that is on the card, the name, how many there are.
 * A popover, because only the top layer is free of the containers around.
 */
export function createDragGhost(cell: HTMLElement, text: string): HTMLElement {
  const ghost = document.createElement('div');
  ghost.className = 'ghost';
  ghost.popover = 'manual';
  ghost.setAttribute('aria-hidden', 'true');
  const drawn = cell.querySelector<HTMLCanvasElement>('canvas[data-drawn]');
  if (drawn && drawn.width > 0) {
    const picture = document.createElement('canvas');
    picture.width = 100;
    picture.height = Math.round((100 * drawn.height) / drawn.width);
    picture.getContext('2d')?.drawImage(drawn, 0, 0, picture.width, picture.height);
    ghost.append(picture);
  }
  const label = document.createElement('span');
  label.className = 'truncate';
  label.textContent = text;
  ghost.append(label);
  return ghost;
}
