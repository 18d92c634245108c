"""Subtitles while somebody speaks: words settle, roll up line by line, and are interpreted sentence by sentence.

``ear`` hears a sound that goes on and gives each word once, for good; ``rolling`` lays words on lines that only grow;
``interpreting`` carries whole sentences into other languages; ``session`` keeps all of it running and tells whoever
watches; ``minutes`` writes the WebVTT that stays.
"""
