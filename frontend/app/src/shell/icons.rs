//! The icons' symbols, put into the page once.

/// Adds the sprite to the page.
pub fn add_sprite() {
    let body = web_sys::window().and_then(|window| window.document()).and_then(|page| page.body());
    if let Some(body) = body {
        // Our own markup, known at compile time.
        let _ = body.insert_adjacent_html("beforeend", include_str!("../../icons/sprite.svg"));
    }
}
