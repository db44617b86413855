// A wish to draw the page again soon.
export const wishes = { all: true };

/** Draws everything with the next frame. */
export const redraw = () => {
  wishes.all = true;
};
