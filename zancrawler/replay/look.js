// Shows one capture in a frame beside the viewer's own, and says when its pictures are there.
([collection, moment, url, patience]) => new Promise((done) => {
  const frame = document.createElement("iframe");
  frame.name = "looked-at";
  frame.style = "width: 1000px; height: 800px";
  const end = setTimeout(() => done("it was not loaded in time"), patience);
  frame.onload = async () => {
    const images = Array.from(frame.contentDocument?.images ?? []);
    // Out of sight, a lazy picture would never be loaded.
    await Promise.all(images.map((image) => {
      image.loading = "eager";
      return image.decode().catch(() => {});
    }));
    clearTimeout(end);
    done(null);
  };
  frame.src = `/replay/w/${collection}/${moment}mp_/${url}`;
  document.body.append(frame);
})
