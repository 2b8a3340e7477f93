//! Undo and redo; everything within one gesture is one step.

/// The states before and after the current one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Undo<T> {
    past: Vec<T>,
    future: Vec<T>,
    gesture: Gesture,
}

/// Whether the pointer is dragging, and whether that has changed anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gesture {
    /// Not dragging.
    None,
    /// The button is down, nothing has changed yet.
    Begun,
    /// Something has changed; the state before the drag is kept.
    Kept,
}

impl<T> Default for Undo<T> {
    fn default() -> Self {
        Self { past: Vec::new(), future: Vec::new(), gesture: Gesture::None }
    }
}

impl<T: PartialEq> Undo<T> {
    /// Keeps the state before a change; what was undone can no longer be redone.
    pub fn keep(&mut self, before: T) {
        self.future.clear();
        match self.gesture {
            Gesture::Kept => {}
            Gesture::Begun => {
                self.gesture = Gesture::Kept;
                self.past.push(before);
            }
            Gesture::None => self.past.push(before),
        }
    }

    /// The changes that follow are one step, until [`Self::end_gesture`].
    pub fn begin_gesture(&mut self) {
        self.gesture = Gesture::Begun;
    }

    /// Ends the gesture; one that led back to where it began is not a step.
    pub fn end_gesture(&mut self, now: &T) {
        if self.gesture == Gesture::Kept && self.past.last() == Some(now) {
            self.past.pop();
        }
        self.gesture = Gesture::None;
    }

    /// The state one step back.
    pub fn undo(&mut self, now: T) -> Option<T> {
        self.gesture = Gesture::None;
        let before = self.past.pop()?;
        self.future.push(now);
        Some(before)
    }

    /// The state that was last undone.
    pub fn redo(&mut self, now: T) -> Option<T> {
        self.gesture = Gesture::None;
        let after = self.future.pop()?;
        self.past.push(now);
        Some(after)
    }

    /// True if there is a step to undo.
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// True if there is a step to redo.
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }
}
