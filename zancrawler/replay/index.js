// Shows the viewer in a frame of another origin: there is no way from it into this page.
const frame = document.querySelector("iframe");
const show = () => {
  frame.src = frame.dataset.viewer + location.hash;
};
addEventListener("hashchange", show);
show();
