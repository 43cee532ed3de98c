//! tsearch, tfind, tdelete, twalk, tdestroy: an AA tree (Andersson, 1993), whose depth is at most twice log₂ of its size. A
//! node starts with the pointer to the key, which is what callers see.

use core::ptr::null_mut;

use crate::malloc::{free, malloc};
use crate::stdlib::sort::Compare;
use crate::types::{c_int, c_uint, c_void};

#[repr(C)]
struct Node {
    key: *const c_void,
    left: *mut Node,
    right: *mut Node,
    level: u32,
}

/// Which visit of a node it is: 0 before the children, 1 between, 2 after, 3 of a leaf.
pub type VISIT = c_uint;

unsafe fn level(node: *const Node) -> u32 {
    if node.is_null() {
        return 0;
    }
    // SAFETY: a node.
    unsafe { (*node).level }
}

/// Turns a left child of the same level into the parent.
unsafe fn skew(node: *mut Node) -> *mut Node {
    // SAFETY: null or a node.
    unsafe {
        if node.is_null() || level((*node).left) != (*node).level {
            return node;
        }
        let left = (*node).left;
        (*node).left = (*left).right;
        (*left).right = node;
        left
    }
}

/// Turns two right children of the same level in a row into a parent with two children.
unsafe fn split(node: *mut Node) -> *mut Node {
    // SAFETY: null or a node.
    unsafe {
        if node.is_null() {
            return node;
        }
        let right = (*node).right;
        if right.is_null() || level((*right).right) != (*node).level {
            return node;
        }
        (*node).right = (*right).left;
        (*right).left = node;
        (*right).level += 1;
        right
    }
}

/// Finds a key; null when it is not there.
///
/// # Safety
/// `*root` is a tree that `compare` ordered.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn tfind(
    key: *const c_void,
    root: *const *mut c_void,
    compare: Option<Compare>,
) -> *mut c_void {
    let Some(compare) = compare else {
        return null_mut();
    };
    // SAFETY: the caller's tree.
    unsafe {
        if root.is_null() {
            return null_mut();
        }
        let mut node = (*root).cast::<Node>();
        while !node.is_null() {
            match compare(key, (*node).key) {
                0 => break,
                ..0 => node = (*node).left,
                _ => node = (*node).right,
            }
        }
        node.cast()
    }
}

unsafe fn insert(node: *mut Node, new: *mut Node, compare: Compare) -> *mut Node {
    // SAFETY: the caller's tree, in which the new key does not occur.
    unsafe {
        if node.is_null() {
            return new;
        }
        if compare((*new).key, (*node).key) < 0 {
            (*node).left = insert((*node).left, new, compare);
        } else {
            (*node).right = insert((*node).right, new, compare);
        }
        split(skew(node))
    }
}

/// Finds a key, or enters it; null when there is no memory.
///
/// # Safety
/// `*root` is null or a tree that `compare` ordered; the key lives on.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn tsearch(
    key: *const c_void,
    root: *mut *mut c_void,
    compare: Option<Compare>,
) -> *mut c_void {
    // SAFETY: the caller's tree.
    unsafe {
        let found = tfind(key, root, compare);
        let Some(order) = compare else {
            return null_mut();
        };
        if !found.is_null() || root.is_null() {
            return found;
        }
        let new = malloc(size_of::<Node>()).cast::<Node>();
        if new.is_null() {
            return null_mut();
        }
        *new = Node {
            key,
            left: null_mut(),
            right: null_mut(),
            level: 1,
        };
        *root = insert((*root).cast(), new, order).cast();
        new.cast()
    }
}

/// Takes the key's node out of the subtree; it is left in `*removed`.
unsafe fn remove(
    node: *mut Node,
    key: *const c_void,
    compare: Compare,
    removed: &mut *mut Node,
) -> *mut Node {
    // SAFETY: the caller's tree.
    unsafe {
        if node.is_null() {
            return node;
        }
        let mut node = node;
        match compare(key, (*node).key) {
            ..0 => (*node).left = remove((*node).left, key, compare, removed),
            1.. => (*node).right = remove((*node).right, key, compare, removed),
            0 => {
                *removed = node;
                if (*node).left.is_null() {
                    return (*node).right;
                }
                if (*node).right.is_null() {
                    return (*node).left;
                }
                // The next key's node takes this one's place.
                let mut next = (*node).right;
                while !(*next).left.is_null() {
                    next = (*next).left;
                }
                let mut taken = null_mut();
                let right = remove((*node).right, (*next).key, compare, &mut taken);
                *next = Node {
                    key: (*next).key,
                    left: (*node).left,
                    right,
                    level: (*node).level,
                };
                node = next;
            }
        }
        rebalance(node)
    }
}

unsafe fn rebalance(node: *mut Node) -> *mut Node {
    // SAFETY: the caller's subtree, of which one child may have lost a level.
    unsafe {
        let wanted = level((*node).left).min(level((*node).right)) + 1;
        if wanted < (*node).level {
            (*node).level = wanted;
            if level((*node).right) > wanted {
                (*(*node).right).level = wanted;
            }
        }
        let node = skew(node);
        if !(*node).right.is_null() {
            (*node).right = skew((*node).right);
            let right = (*node).right;
            if !(*right).right.is_null() {
                (*right).right = skew((*right).right);
            }
        }
        let node = split(node);
        if !(*node).right.is_null() {
            (*node).right = split((*node).right);
        }
        node
    }
}

/// Takes a key out; returns the parent of its node (for a root, something not null), or null when it is not there.
///
/// # Safety
/// `*root` is a tree that `compare` ordered.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn tdelete(
    key: *const c_void,
    root: *mut *mut c_void,
    compare: Option<Compare>,
) -> *mut c_void {
    let Some(compare) = compare else {
        return null_mut();
    };
    // SAFETY: the caller's tree; the node came from malloc.
    unsafe {
        if root.is_null() || (*root).is_null() {
            return null_mut();
        }
        let mut removed = null_mut();
        let parent = parent_of(key, (*root).cast(), compare);
        *root = remove((*root).cast(), key, compare, &mut removed).cast();
        if removed.is_null() {
            return null_mut();
        }
        free(removed.cast());
        if parent.is_null() {
            root.cast()
        } else {
            parent.cast()
        }
    }
}

unsafe fn parent_of(key: *const c_void, root: *mut Node, compare: Compare) -> *mut Node {
    let (mut parent, mut node) = (null_mut(), root);
    // SAFETY: the caller's tree.
    unsafe {
        while !node.is_null() {
            let next = match compare(key, (*node).key) {
                0 => return parent,
                ..0 => (*node).left,
                _ => (*node).right,
            };
            (parent, node) = (node, next);
        }
    }
    parent
}

/// Visits all nodes in order.
///
/// # Safety
/// `root` is null or the root of a tree.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn twalk(
    root: *const c_void,
    action: Option<unsafe extern "C" fn(node: *const c_void, which: VISIT, depth: c_int)>,
) {
    unsafe fn walk(
        node: *const Node,
        action: unsafe extern "C" fn(*const c_void, VISIT, c_int),
        depth: c_int,
    ) {
        // SAFETY: the caller's tree and function.
        unsafe {
            if (*node).left.is_null() && (*node).right.is_null() {
                return action(node.cast(), 3, depth);
            }
            action(node.cast(), 0, depth);
            if !(*node).left.is_null() {
                walk((*node).left, action, depth + 1);
            }
            action(node.cast(), 1, depth);
            if !(*node).right.is_null() {
                walk((*node).right, action, depth + 1);
            }
            action(node.cast(), 2, depth);
        }
    }
    if let Some(action) = action
        && !root.is_null()
    {
        // SAFETY: the caller's tree and function.
        unsafe { walk(root.cast(), action, 0) };
    }
}

/// [`twalk`] with an argument for the function in place of the depth (GNU).
///
/// # Safety
/// `root` is null or the root of a tree.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn twalk_r(
    root: *const c_void,
    action: Option<unsafe extern "C" fn(node: *const c_void, which: VISIT, closure: *mut c_void)>,
    closure: *mut c_void,
) {
    unsafe fn walk(
        node: *const Node,
        action: unsafe extern "C" fn(*const c_void, VISIT, *mut c_void),
        closure: *mut c_void,
    ) {
        // SAFETY: the caller's tree and function.
        unsafe {
            if (*node).left.is_null() && (*node).right.is_null() {
                return action(node.cast(), 3, closure);
            }
            action(node.cast(), 0, closure);
            if !(*node).left.is_null() {
                walk((*node).left, action, closure);
            }
            action(node.cast(), 1, closure);
            if !(*node).right.is_null() {
                walk((*node).right, action, closure);
            }
            action(node.cast(), 2, closure);
        }
    }
    if let Some(action) = action
        && !root.is_null()
    {
        // SAFETY: the caller's tree and function.
        unsafe { walk(root.cast(), action, closure) };
    }
}

/// Frees a tree; `action` gets each key (GNU).
///
/// # Safety
/// `root` is null or the root of a tree that is not used afterwards.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn tdestroy(
    root: *mut c_void,
    action: Option<unsafe extern "C" fn(key: *mut c_void)>,
) {
    let node = root.cast::<Node>();
    if node.is_null() {
        return;
    }
    // SAFETY: the caller's tree; nodes came from malloc.
    unsafe {
        tdestroy((*node).left.cast(), action);
        tdestroy((*node).right.cast(), action);
        if let Some(action) = action {
            action((*node).key.cast_mut());
        }
        free(root);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    unsafe extern "C" fn by_address(a: *const c_void, b: *const c_void) -> c_int {
        a.addr().cmp(&b.addr()) as c_int
    }

    unsafe fn check(node: *const Node, seen: &mut Vec<usize>) {
        // SAFETY: the test's tree.
        unsafe {
            if node.is_null() {
                return;
            }
            check((*node).left, seen);
            seen.push((*node).key.addr());
            check((*node).right, seen);
            assert_eq!(level((*node).left), (*node).level - 1);
            assert!((*node).level - level((*node).right) <= 1);
            if !(*node).right.is_null() {
                assert!(level((*(*node).right).right) < (*node).level);
            }
        }
    }

    #[test]
    fn the_tree_stays_balanced_under_insertions_and_deletions() {
        let mut root: *mut c_void = null_mut();
        let mut model = std::collections::BTreeSet::new();
        let mut random = 1_u64;
        for step in 0..3000 {
            random = random
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            let number = (random >> 33) as usize % 300 + 1;
            let key = core::ptr::without_provenance::<c_void>(number);
            // SAFETY: the tree of this test.
            unsafe {
                if random >> 40 & 1 == 0 {
                    let node = tsearch(key, &mut root, Some(by_address));
                    assert_eq!(*node.cast::<*const c_void>(), key);
                    model.insert(number);
                } else {
                    let deleted = !tdelete(key, &mut root, Some(by_address)).is_null();
                    assert_eq!(deleted, model.remove(&number));
                }
                if step % 50 == 0 {
                    let mut seen = Vec::new();
                    check(root.cast(), &mut seen);
                    assert!(seen.iter().eq(model.iter()));
                }
                assert_eq!(
                    !tfind(key, &root, Some(by_address)).is_null(),
                    model.contains(&number)
                );
            }
        }
        // SAFETY: as above.
        unsafe { tdestroy(root, None) };
    }
}
